"""expand: a caller's name may be as long as OpenID Connect allows

Revision ID: 7b2e90c41a2f
Revises: 2c7be1d04f31

"""
import sqlalchemy as sa
from alembic import op

revision: str = '7b2e90c41a2f'
down_revision: str | None = '2c7be1d04f31'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column('idempotency', 'caller', type_=sa.String(length=400))


def downgrade() -> None:
    op.alter_column('idempotency', 'caller', type_=sa.String(length=200))
