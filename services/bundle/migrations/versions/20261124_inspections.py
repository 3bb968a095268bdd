"""expand: uploads of departments, duties of supervision, and what holders answer to findings

A consumer that is there already did not hear of duties that were opened before: their regulators
can write to holders once they have entered a finding.

Revision ID: 7d1f4b92c6e0
Revises: 2f8d51c6e0b7

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '7d1f4b92c6e0'
down_revision: str | None = '2f8d51c6e0b7'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column('upload', sa.Column('department', sa.String(), nullable=True))
    op.create_table('upload_shown',
    sa.Column('upload', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('supervision', sa.Uuid(), nullable=True),
    sa.PrimaryKeyConstraint('upload', 'approval', name=op.f('pk_upload_shown'))
    )
    op.create_table('supervised',
    sa.Column('supervision', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('application', sa.Uuid(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('regulator', sa.String(), nullable=False),
    sa.Column('proposed', sa.Boolean(), nullable=False),
    sa.Column('over', sa.Boolean(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('supervision', name=op.f('pk_supervised'))
    )
    op.create_index('ix_supervised_approval', 'supervised', ['approval'])
    op.create_table('inspected',
    sa.Column('finding', sa.Uuid(), nullable=False),
    sa.Column('supervision', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('application', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('reason_codes', JSONB, nullable=False),
    sa.Column('uploads', JSONB, nullable=False),
    sa.Column('explanation', sa.String(), nullable=True),
    sa.Column('until', MOMENT, nullable=True),
    sa.Column('found_at', MOMENT, nullable=False),
    sa.PrimaryKeyConstraint('finding', name=op.f('pk_inspected'))
    )
    op.create_index('ix_inspected_application', 'inspected', ['application', 'finding'])
    op.create_index('ix_inspected_supervision', 'inspected', ['supervision'])
    op.create_table('rectification_answer',
    sa.Column('finding', sa.Uuid(), nullable=False),
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('uploads', JSONB, nullable=False),
    sa.Column('answered_by', sa.String(), nullable=False),
    sa.Column('answered_at', MOMENT, nullable=False),
    sa.ForeignKeyConstraint(['finding'], ['inspected.finding'], name=op.f('fk_rectification_answer_finding_inspected')),
    sa.PrimaryKeyConstraint('finding', name=op.f('pk_rectification_answer'))
    )


def downgrade() -> None:
    op.drop_table('rectification_answer')
    op.drop_table('inspected')
    op.drop_table('supervised')
    op.drop_table('upload_shown')
    op.drop_column('upload', 'department')
