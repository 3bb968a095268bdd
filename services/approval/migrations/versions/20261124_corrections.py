"""expand: corrections

Revision ID: 6e1c52f08b7d
Revises: 6c0f2a9d84b7

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '6e1c52f08b7d'
down_revision: str | None = '6c0f2a9d84b7'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('correction',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('gaps', JSONB, nullable=False),
    sa.Column('explanation', sa.String(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=True),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('unknown', JSONB, nullable=True),
    sa.ForeignKeyConstraint(['approval'], ['approval.id'], name=op.f('fk_correction_approval')),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_correction'))
    )
    op.add_column('approval', sa.Column('answer_by', sa.Date(), nullable=True))
    op.add_column('approval', sa.Column('complete_at', sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column('approval', 'complete_at')
    op.drop_column('approval', 'answer_by')
    op.drop_table('correction')
