"""expand: materials that are still to come

Revision ID: 8a4b0d26e3f9
Revises: 91b7d24ce03f

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '8a4b0d26e3f9'
down_revision: str | None = '91b7d24ce03f'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('supplied',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('approval', 'evidence', name=op.f('pk_supplied'))
    )
    op.add_column('approval', sa.Column('deferred', JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('approval', sa.Column('issues_with_gaps', sa.Boolean(), server_default=sa.text('false'), nullable=False))


def downgrade() -> None:
    op.drop_column('approval', 'issues_with_gaps')
    op.drop_column('approval', 'deferred')
    op.drop_table('supplied')
