"""expand: exhibits of departments, words with findings, and holders' answers to them

Revision ID: b3e8a50c71d4
Revises: b3d8f06a51c7

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = 'b3e8a50c71d4'
down_revision: str | None = 'b3d8f06a51c7'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
STATES = "'opened', 'acknowledged', 'disputed', 'in_progress', 'rectifying'"
BEFORE = sa.text(f"overdue_at IS NULL AND state IN ({STATES})")
RUNNING = sa.text(f"overdue_at IS NULL AND state IN ({STATES}, 'answered')")


def upgrade() -> None:
    op.create_table('exhibit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('filed_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exhibit'))
    )
    op.create_table('finding_answer',
    sa.Column('finding', sa.Uuid(), nullable=False),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('uploads', JSONB, nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['finding'], ['finding.id'], name=op.f('fk_finding_answer_finding_finding')),
    sa.PrimaryKeyConstraint('finding', name=op.f('pk_finding_answer'))
    )
    op.add_column('finding', sa.Column('explanation', sa.String(), nullable=True))
    op.create_index('ix_supervision_proposed', 'supervision', ['department', 'id'],
                    postgresql_where=sa.text("state = 'ending_proposed'"))
    op.drop_index('ix_supervision_running', table_name='supervision')
    op.create_index('ix_supervision_running', 'supervision', ['due'], postgresql_where=RUNNING)


def downgrade() -> None:
    op.drop_index('ix_supervision_running', table_name='supervision')
    op.create_index('ix_supervision_running', 'supervision', ['due'], postgresql_where=BEFORE)
    op.drop_index('ix_supervision_proposed', table_name='supervision')
    op.drop_column('finding', 'explanation')
    op.drop_table('finding_answer')
    op.drop_table('exhibit')
