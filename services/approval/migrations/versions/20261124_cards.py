"""expand: cards

Revision ID: 8d31c5e7a90b
Revises: 6e1c52f08b7d

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '8d31c5e7a90b'
down_revision: str | None = '6e1c52f08b7d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_approval_unissued', 'approval', ['decided_at'], unique=False, postgresql_where=sa.text("state = 'granted' AND issues IS NOT NULL AND issued_at IS NULL"))
    op.create_table('card',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('rule_version', sa.Integer(), nullable=False),
    sa.Column('colour', sa.String(length=32), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('person', sa.String(), nullable=True),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=False),
    sa.Column('rises_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_card_approval')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card')),
    sa.UniqueConstraint('approval', 'rule', name=op.f('uq_card_approval'))
    )
    op.create_index('ix_card_department', 'card', ['department', 'id'], unique=False)
    op.create_index('ix_card_open', 'card', ['approval'], unique=False, postgresql_where=sa.text("state IN ('open', 'kept')"))
    op.create_index('ix_card_rising', 'card', ['rises_at'], unique=False, postgresql_where=sa.text("state = 'open' AND rises_at IS NOT NULL"))
    op.create_table('card_appeal',
    sa.Column('card', sa.Uuid(), nullable=False),
    sa.Column('n', sa.Integer(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('appealed_by', sa.String(), nullable=False),
    sa.Column('appealed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=True),
    sa.Column('verdict_reason', sa.String(), nullable=True),
    sa.Column('judged_by', sa.String(), nullable=True),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['card'], ['card.id'], name=op.f('fk_card_appeal_card')),
    sa.PrimaryKeyConstraint('card', 'n', name=op.f('pk_card_appeal'))
    )
    op.create_table('card_rise',
    sa.Column('card', sa.Uuid(), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['card'], ['card.id'], name=op.f('fk_card_rise_card')),
    sa.PrimaryKeyConstraint('card', 'level', name=op.f('pk_card_rise'))
    )


def downgrade() -> None:
    op.drop_table('card_rise')
    op.drop_table('card_appeal')
    op.drop_table('card')
    op.drop_index('ix_approval_unissued', table_name='approval')
