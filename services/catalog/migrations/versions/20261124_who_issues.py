"""expand: who issues an evidence type, and who ever did

Revision ID: b3f06d51e8a9
Revises: 4e81a0c6d7f2

"""
from alembic import op

revision: str = 'b3f06d51e8a9'
down_revision: str | None = '4e81a0c6d7f2'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE INDEX ix_item_issues ON item ((record ->> 'issues'))")
    op.execute("CREATE INDEX ix_item_version_issues ON item_version ((record ->> 'issues'), code)")


def downgrade() -> None:
    op.drop_index('ix_item_version_issues', table_name='item_version')
    op.drop_index('ix_item_issues', table_name='item')
