"""expand: what rules judged, and who is not judged by rule any more

Revision ID: 2a7c4e18d0f6
Revises: 4b9d1e77c0a2

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '2a7c4e18d0f6'
down_revision: str | None = '4b9d1e77c0a2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('instant_trace',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('facts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('acr', sa.String(), nullable=False),
    sa.Column('wanted_acr', sa.String(), nullable=False),
    sa.Column('commitment', sa.String(), nullable=True),
    sa.Column('commitment_version', sa.Integer(), nullable=True),
    sa.Column('signed', sa.String(), nullable=True),
    sa.Column('why', sa.String(length=32), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_instant_trace'))
    )
    op.create_table('exclusion',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('holder', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_exclusion'))
    )
    op.create_index('ix_exclusion_holder', 'exclusion', ['holder'])


def downgrade() -> None:
    op.drop_table('exclusion')
    op.drop_table('instant_trace')
