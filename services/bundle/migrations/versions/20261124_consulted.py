"""expand: departments that are asked for an opinion, and those that an approval went to

Revision ID: 4c0f6a13d8e5
Revises: c41e7a90d2b8

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '4c0f6a13d8e5'
down_revision: str | None = 'c41e7a90d2b8'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('consulted',
    sa.Column('consultation', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('fields', JSONB, nullable=False),
    sa.Column('evidence', JSONB, nullable=False),
    sa.Column('question', sa.String(), nullable=True),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('opinion', sa.String(), nullable=True),
    sa.Column('statement', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('consultation', name=op.f('pk_consulted'))
    )
    op.create_index('ix_consulted_approval', 'consulted', ['approval'])
    op.add_column('member', sa.Column('department_of', sa.Integer(), server_default=sa.text('0'), nullable=False))


def downgrade() -> None:
    op.drop_column('member', 'department_of')
    op.drop_table('consulted')
