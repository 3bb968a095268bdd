"""expand: search rows of items

Revision ID: 3f1c0a7d52b9
Revises: 7b2e90c41a0f
Create Date: 2026-11-24 12:40:02.118203

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '3f1c0a7d52b9'
down_revision: str | None = '7b2e90c41a0f'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('item_search',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('names', sa.String(), nullable=False),
    sa.Column('read', sa.String(), nullable=False),
    sa.Column('rest', sa.String(), nullable=False),
    sa.Column('grams', postgresql.TSVECTOR(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('audience', sa.ARRAY(sa.String()), nullable=False),
    sa.Column('online_depth', sa.SmallInteger(), nullable=False),
    sa.Column('made_by', sa.SmallInteger(), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_item_search'))
    )
    op.create_index('ix_item_search_grams', 'item_search', ['grams'], unique=False, postgresql_using='gin')
    op.create_index('ix_item_search_name', 'item_search', ['name'], unique=False, postgresql_ops={'name': 'text_pattern_ops'})
    op.create_index('ix_item_search_name_en', 'item_search', ['name_en'], unique=False, postgresql_ops={'name_en': 'text_pattern_ops'})
    op.create_index('ix_item_search_department', 'item_search', ['department', 'code'], unique=False)


def downgrade() -> None:
    op.drop_table('item_search')
