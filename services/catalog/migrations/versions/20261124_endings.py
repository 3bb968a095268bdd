"""expand: retirements, what they change on their day, and what is issued no more

Revision ID: 4e81a0c6d7f2
Revises: 91d4c7a3e5b8

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '4e81a0c6d7f2'
down_revision: str | None = '91d4c7a3e5b8'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column('item_scheduled', 'record', nullable=True)
    op.add_column('item_scheduled', sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column('item_scheduled', sa.Column('of_retirement', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.create_table('ending',
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('evidence', 'item', name=op.f('pk_ending'))
    )
    op.create_table('retirement',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.Enum('cancelled', 'filing', 'commitment', 'optimised', name='mode', native_enum=False, length=32), nullable=False),
    sa.Column('effective', sa.Date(), nullable=False),
    sa.Column('legal_basis', sa.String(), nullable=False),
    sa.Column('becomes', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('described', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
    sa.Column('dispositions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('evidence', sa.String(), nullable=True),
    sa.Column('item_version', sa.Integer(), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['item'], ['item.code'], name=op.f('fk_retirement_item')),
    sa.PrimaryKeyConstraint('item', name=op.f('pk_retirement'))
    )
    op.create_index('ix_retirement_effective', 'retirement', ['effective', 'item'])
    op.create_table('bundle_copy',
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('lead_department', sa.String(), nullable=False),
    sa.Column('items', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_bundle_copy'))
    )


def downgrade() -> None:
    op.drop_table('bundle_copy')
    op.drop_table('retirement')
    op.drop_table('ending')
    op.execute("DELETE FROM item_scheduled WHERE record IS NULL")
    op.drop_column('item_scheduled', 'of_retirement')
    op.drop_column('item_scheduled', 'changes')
    op.alter_column('item_scheduled', 'record', nullable=False)
