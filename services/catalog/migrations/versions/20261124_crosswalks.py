"""expand: crosswalks

Revision ID: 2f6d9b1c4e07
Revises: 5c3b8e0f7a21
Create Date: 2026-11-24 12:20:00

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '2f6d9b1c4e07'
down_revision: str | None = '5c3b8e0f7a21'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('crosswalk',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('record', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_crosswalk'))
    )


def downgrade() -> None:
    op.drop_table('crosswalk')
