"""expand: what departments are called

Revision ID: 5d1b9c3e62a7
Revises: 3c8e5a1f70d2

"""
import sqlalchemy as sa
from alembic import op

revision: str = '5d1b9c3e62a7'
down_revision: str | None = '3c8e5a1f70d2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('department_name',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_department_name'))
    )


def downgrade() -> None:
    op.drop_table('department_name')
