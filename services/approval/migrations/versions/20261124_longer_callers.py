"""expand: a caller's name may be as long as OpenID Connect allows

Revision ID: 7b2e90c41a2f
Revises: 5a1f0c7e2b2d

"""
import sqlalchemy as sa
from alembic import op

revision: str = '7b2e90c41a2f'
down_revision: str | None = '5a1f0c7e2b2d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column('idempotency', 'caller', type_=sa.String(length=400))


def downgrade() -> None:
    op.alter_column('idempotency', 'caller', type_=sa.String(length=200))
