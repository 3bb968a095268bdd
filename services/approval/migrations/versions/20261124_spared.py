"""expand: evidence that a desk no longer asks

Revision ID: 2c7be1d04f31
Revises: 5a1f0c7e2b2d

"""
import sqlalchemy as sa
from alembic import op

revision: str = '2c7be1d04f31'
down_revision: str | None = '5a1f0c7e2b2d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spared',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('retired', sa.String(), nullable=False),
    sa.Column('instead', sa.String(), nullable=False),
    sa.Column('register_name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('approval', 'evidence', name=op.f('pk_spared'))
    )


def downgrade() -> None:
    op.drop_table('spared')
