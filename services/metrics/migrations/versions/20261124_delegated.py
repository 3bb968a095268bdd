"""expand: what came of rights that were handed down

Revision ID: 5d0b82e6f317
Revises: 4a7e91c3b60d

"""
import sqlalchemy as sa
from alembic import op

revision: str = '5d0b82e6f317'
down_revision: str | None = '4a7e91c3b60d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('point_case',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('accepted_point', sa.String(), nullable=True),
    sa.Column('decided_point', sa.String(), nullable=True),
    sa.Column('unaccepted', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_point_case'))
    )
    op.create_index('ix_point_case_accepted', 'point_case', ['accepted_point', 'item'])
    op.create_index('ix_point_case_decided', 'point_case', ['decided_point', 'item'])
    op.create_table('returned',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_returned'))
    )
    op.create_table('touched',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_touched'))
    )
    op.create_table('delegation_quality',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('point', sa.String(), nullable=False),
    sa.Column('right', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('cases', sa.Integer(), nullable=False),
    sa.Column('refused', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.Column('overdue', sa.Integer(), nullable=False),
    sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('item', 'point', 'right', name=op.f('pk_delegation_quality'))
    )
    op.create_index('ix_raised_card_approval', 'raised_card', ['approval'])


def downgrade() -> None:
    op.drop_index('ix_raised_card_approval', 'raised_card')
    for name in ('delegation_quality', 'touched', 'returned', 'point_case'):
        op.drop_table(name)
