"""expand: duties that grants open, what was found, broken promises

Revision ID: 5d8c1b40f7a9
Revises: 8d31c5e7a90b

"""
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = '5d8c1b40f7a9'
down_revision: str | None = '8d31c5e7a90b'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('credit_record',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('holder', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('regulator', sa.String(), nullable=False),
    sa.Column('cause', sa.String(), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_record')),
    sa.UniqueConstraint('approval', 'cause', name=op.f('uq_credit_record_approval'))
    )
    op.create_index('ix_credit_record_holder', 'credit_record', ['holder'], unique=False)
    op.create_index('ix_credit_record_regulator', 'credit_record', ['regulator', 'id'], unique=False)
    op.create_table('inspector',
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('department', 'account', name=op.f('pk_inspector'))
    )
    op.create_table('supervised_grant',
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('item_version', sa.Integer(), nullable=False),
    sa.Column('outlook', sa.String(length=32), nullable=False),
    sa.Column('seed', sa.String(length=64), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('approval', name=op.f('pk_supervised_grant'))
    )
    op.create_index('ix_supervised_grant_waiting', 'supervised_grant', ['item'], unique=False, postgresql_where=sa.text("outlook = 'waiting'"))
    op.create_table('supervision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('application', sa.Uuid(), nullable=False),
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('region', sa.String(), nullable=False),
    sa.Column('kind', sa.String(length=32), nullable=False),
    sa.Column('ref', sa.String(), server_default='', nullable=False),
    sa.Column('regulator', sa.String(), nullable=False),
    sa.Column('state', sa.String(length=32), nullable=False),
    sa.Column('reason_code', sa.String(), nullable=True),
    sa.Column('refer_to', sa.String(), nullable=True),
    sa.Column('seed', sa.String(length=64), server_default='', nullable=False),
    sa.Column('inspector', sa.String(), nullable=True),
    sa.Column('due', sa.DateTime(timezone=True), nullable=True),
    sa.Column('overdue_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by', sa.String(), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('correlation', sa.String(), server_default='', nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision')),
    sa.UniqueConstraint('approval', 'kind', 'ref', name=op.f('uq_supervision_approval'))
    )
    op.create_index('ix_supervision_due', 'supervision', ['due'], unique=False, postgresql_where=sa.text('overdue_at IS NULL'))
    op.create_index('ix_supervision_refer_to', 'supervision', ['refer_to'], unique=False, postgresql_where=sa.text("state = 'disputed'"))
    op.create_index('ix_supervision_regulator', 'supervision', ['regulator', 'id'], unique=False)
    op.create_table('supervision_cursor',
    sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_supervision_cursor'))
    )
    op.create_table('supervision_plan',
    sa.Column('item', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('regulator', sa.String(), nullable=False),
    sa.Column('duties', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('item', 'version', name=op.f('pk_supervision_plan'))
    )
    op.create_table('finding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('supervision', sa.Uuid(), nullable=False),
    sa.Column('verdict', sa.String(length=32), nullable=False),
    sa.Column('reason_codes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('uploads', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('found_by', sa.String(), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['supervision'], ['supervision.id'], name=op.f('fk_finding_supervision')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding'))
    )
    op.create_index('ix_finding_supervision', 'finding', ['supervision', 'id'], unique=False)


def downgrade() -> None:
    op.drop_table('finding')
    op.drop_table('supervision_plan')
    op.drop_table('supervision_cursor')
    op.drop_table('supervision')
    op.drop_table('supervised_grant')
    op.drop_table('inspector')
    op.drop_table('credit_record')
