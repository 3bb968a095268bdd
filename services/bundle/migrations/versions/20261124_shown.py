"""expand: one file under several checks of one grant

Revision ID: c2a97e05d6f1
Revises: 8c2d17f5e3a6

"""
from alembic import op

revision: str = 'c2a97e05d6f1'
down_revision: str | None = '8c2d17f5e3a6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint('pk_upload_shown', 'upload_shown', type_='primary')
    op.create_unique_constraint('uq_upload_shown_upload', 'upload_shown',
                                ['upload', 'approval', 'supervision'],
                                postgresql_nulls_not_distinct=True)


def downgrade() -> None:
    op.execute("DELETE FROM upload_shown a USING upload_shown b WHERE a.upload = b.upload "
               "AND a.approval = b.approval AND a.ctid > b.ctid")
    op.drop_constraint('uq_upload_shown_upload', 'upload_shown', type_='unique')
    op.create_primary_key('pk_upload_shown', 'upload_shown', ['upload', 'approval'])
