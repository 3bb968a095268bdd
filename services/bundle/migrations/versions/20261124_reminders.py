"""expand: when to remind of what was left for later

Revision ID: e4b71d08c3a6
Revises: a1c74e02d9f8

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'e4b71d08c3a6'
down_revision: str | None = 'a1c74e02d9f8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('application', sa.Column('gaps_look', sa.Date(), nullable=True))
    op.create_index('ix_application_gaps', 'application', ['gaps_look'],
                    postgresql_where=sa.text("gaps <> '{}'"))


def downgrade() -> None:
    op.drop_index('ix_application_gaps', table_name='application')
    op.drop_column('application', 'gaps_look')
