"""expand: what applicants put right

Revision ID: 2a8c4d7e91b5
Revises: 9d2f6b18e3a4

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '2a8c4d7e91b5'
down_revision: str | None = '9d2f6b18e3a4'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('correction_answer',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('application', sa.Uuid(), nullable=False),
    sa.Column('member', sa.String(), nullable=False),
    sa.Column('before', JSONB, nullable=False),
    sa.Column('after', JSONB, nullable=False),
    sa.Column('materials', JSONB, nullable=False),
    sa.Column('closed', JSONB, nullable=False),
    sa.Column('answered_by', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['application'], ['application.id'], name=op.f('fk_correction_answer_application')),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_correction_answer'))
    )
    op.create_index('ix_correction_answer_application', 'correction_answer', ['application'])
    op.add_column('evidence', sa.Column('corrected_for', sa.Uuid(), nullable=True))
    op.add_column('evidence', sa.Column('replaced_for', sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column('evidence', 'replaced_for')
    op.drop_column('evidence', 'corrected_for')
    op.drop_table('correction_answer')
