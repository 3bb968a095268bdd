"""expand: anchors of the chain of legal acts

Revision ID: 6f0c2a9d51e8
Revises: 7b2e90c41a3f

"""
import sqlalchemy as sa
from alembic import op

revision: str = '6f0c2a9d51e8'
down_revision: str | None = '7b2e90c41a3f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('anchor',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('signature', sa.String(), nullable=False),
    sa.Column('anchored_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('position', 'digest', name=op.f('pk_anchor'))
    )


def downgrade() -> None:
    op.drop_table('anchor')
