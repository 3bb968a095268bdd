"""expand: bundles have versions and rest; filings leave gaps and carry signatures

Revision ID: 8c3f5d0a9e47
Revises: 7b2e90c41a1f

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '8c3f5d0a9e47'
down_revision: str | None = '7b2e90c41a1f'
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    op.create_table('bundle_version',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('record', JSONB, nullable=False),
    sa.Column('item_versions', JSONB, nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('code', 'version', name=op.f('pk_bundle_version'))
    )
    op.execute(
        "INSERT INTO bundle_version (code, version, record, item_versions, published_at) "
        "SELECT code, published_version, published, item_versions, changed_at "
        "FROM bundle WHERE published_version IS NOT NULL"
    )
    op.add_column('bundle', sa.Column('suspension', JSONB, nullable=True))
    op.add_column('application', sa.Column('gaps', JSONB, server_default=sa.text("'{}'::jsonb"), nullable=False))
    op.add_column('application', sa.Column('commitments', JSONB, server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('evidence', sa.Column('checked_by', sa.String(), nullable=True))
    op.add_column('evidence', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_member_holder', 'member', ['holder'])


def downgrade() -> None:
    op.drop_index('ix_member_holder', table_name='member')
    op.drop_column('evidence', 'checked_at')
    op.drop_column('evidence', 'checked_by')
    op.drop_column('application', 'commitments')
    op.drop_column('application', 'gaps')
    op.drop_column('bundle', 'suspension')
    op.drop_table('bundle_version')
