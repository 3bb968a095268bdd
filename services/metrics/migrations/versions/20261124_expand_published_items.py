"""expand: published items, for the figures on paper

Revision ID: 8d1c60f2a5be
Revises: 5a1f0c7e2b3d
Create Date: 2026-11-24 12:20:00.000000

"""
import sqlalchemy as sa
from alembic import op


revision: str = '8d1c60f2a5be'
down_revision: str | None = '5a1f0c7e2b3d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('published_item',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('handling', sa.String(), nullable=False),
    sa.Column('legal_hours', sa.Integer(), nullable=True),
    sa.Column('promised_hours', sa.Integer(), nullable=False),
    sa.Column('materials', sa.Integer(), nullable=False),
    sa.Column('visits', sa.Integer(), nullable=False),
    sa.Column('online_depth', sa.Integer(), nullable=False),
    sa.Column('online_address', sa.Boolean(), nullable=False),
    sa.Column('online_suitable', sa.Boolean(), nullable=False),
    sa.Column('at_hall', sa.Boolean(), nullable=False),
    sa.Column('comprehensive_window', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_published_item'))
    )
    op.create_index('ix_published_item_department', 'published_item', ['department'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_published_item_department', table_name='published_item')
    op.drop_table('published_item')
