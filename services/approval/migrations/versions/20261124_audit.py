"""expand: a signed entry of every act, and the chain of entries

Revision ID: 4e9d0b7c61a3
Revises: 1ac2e23c3ba5

"""
import sqlalchemy as sa
from alembic import op

revision: str = '4e9d0b7c61a3'
down_revision: str | None = '1ac2e23c3ba5'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('approval', sa.Column('power_source', sa.String(), nullable=False, server_default='own'))
    op.alter_column('approval', 'power_source', server_default=None)
    op.add_column('approval', sa.Column('entrusted_by', sa.String(), nullable=True))
    op.create_table('audit_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('approval', sa.Uuid(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('signature', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index('ix_audit_entry_approval', 'audit_entry', ['approval'])
    op.create_table('audit_unlinked',
    sa.Column('entry', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('entry', name=op.f('pk_audit_unlinked'))
    )
    op.create_table('audit_link',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('entry', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_link')),
    sa.UniqueConstraint('entry', name=op.f('uq_audit_link_entry'))
    )
    op.create_table('audit_anchor',
    sa.Column('position', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('signature', sa.String(), nullable=False),
    sa.Column('anchored_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_audit_anchor'))
    )


def downgrade() -> None:
    op.drop_table('audit_anchor')
    op.drop_table('audit_link')
    op.drop_table('audit_unlinked')
    op.drop_table('audit_entry')
    op.drop_column('approval', 'entrusted_by')
    op.drop_column('approval', 'power_source')
