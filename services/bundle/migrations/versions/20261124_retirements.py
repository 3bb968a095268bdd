"""expand: what is retired, who still issues what, and how far applications were seen to

Revision ID: 7d04c2f9ab16
Revises: 8c3f5d0a9e47

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '7d04c2f9ab16'
down_revision: str | None = '8c3f5d0a9e47'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('issuer',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=True),
    sa.PrimaryKeyConstraint('item', name=op.f('pk_issuer'))
    )
    op.create_index('ix_issuer_evidence', 'issuer', ['evidence'])
    op.execute(
        "INSERT INTO issuer (item, version, evidence) "
        "SELECT DISTINCT ON (code) code, version, record->'item'->>'issues' FROM item_copy "
        "ORDER BY code, version DESC"
    )
    op.create_table('retirement',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('mode', sa.String(), nullable=False),
    sa.Column('effective', sa.Date(), nullable=False),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=True),
    sa.Column('dispositions', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('no_longer_asks', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('item', name=op.f('pk_retirement'))
    )
    op.create_index('ix_retirement_evidence', 'retirement', ['evidence'])
    op.create_table('retirement_carried_out',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('after', sa.Uuid(), nullable=True),
    sa.Column('again_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('item', 'version', name=op.f('pk_retirement_carried_out'))
    )


def downgrade() -> None:
    op.drop_table('retirement_carried_out')
    op.drop_table('retirement')
    op.drop_table('issuer')
