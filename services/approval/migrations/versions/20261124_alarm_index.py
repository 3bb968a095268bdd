"""expand: alarms ring by one index

Revision ID: 6c0f2a9d84b7
Revises: 2a7c4e18d0f6

"""
from alembic import op

revision: str = '6c0f2a9d84b7'
down_revision: str | None = '2a7c4e18d0f6'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_alarm_ringing', 'alarm', ['edition', 'at'], unique=False)
    op.drop_index('ix_alarm_edition', table_name='alarm')
    op.drop_index('ix_alarm_at', table_name='alarm')


def downgrade() -> None:
    op.create_index('ix_alarm_at', 'alarm', ['at'], unique=False)
    op.create_index('ix_alarm_edition', 'alarm', ['edition'], unique=False)
    op.drop_index('ix_alarm_ringing', table_name='alarm')
