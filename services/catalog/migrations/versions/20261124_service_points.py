"""expand: service points

Revision ID: 5c3b8e0f7a21
Revises: 5a1f0c7e2b0d
Create Date: 2026-11-24 12:10:00

"""
import sqlalchemy as sa
from alembic import op

revision: str = '5c3b8e0f7a21'
down_revision: str | None = '5a1f0c7e2b0d'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('service_point',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('parent', sa.String(), nullable=True),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('organ', sa.Boolean(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('hours', sa.String(), nullable=False),
    sa.Column('phone', sa.String(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['parent'], ['service_point.code'], name=op.f('fk_service_point_parent')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_service_point'))
    )
    op.create_index('ix_service_point_parent', 'service_point', ['parent', 'code'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_service_point_parent', table_name='service_point')
    op.drop_table('service_point')
