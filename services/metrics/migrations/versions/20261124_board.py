"""expand: the board of cards

Revision ID: 4a7e91c3b60d
Revises: c2b7e90d4f11

"""
import sqlalchemy as sa
from alembic import op

revision: str = '4a7e91c3b60d'
down_revision: str | None = 'c2b7e90d4f11'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('pending',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('bundle', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_pending'))
    )
    op.create_index('ix_pending_open', 'pending', ['department'], unique=False, postgresql_where=sa.text('ended_at IS NULL'))
    op.create_table('raised_card',
    sa.Column('card', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('application', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('bundle', sa.String(), nullable=True),
    sa.Column('item', sa.String(), nullable=True),
    sa.Column('rule', sa.String(), nullable=True),
    sa.Column('colour', sa.String(), nullable=True),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('card', name=op.f('pk_raised_card'))
    )
    op.create_index('ix_raised_card_department', 'raised_card', ['department', 'card'], unique=False)


def downgrade() -> None:
    op.drop_table('raised_card')
    op.drop_table('pending')
