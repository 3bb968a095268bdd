"""expand: cards about single steps, and whose time a step is

Revision ID: c9d2e71a48f5
Revises: b3e8a50c71d4

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'c9d2e71a48f5'
down_revision: str | None = 'b3e8a50c71d4'
branch_labels = None
depends_on = None

STANDING = "state IN ('open', 'kept')"


def upgrade() -> None:
    op.add_column('small_clock', sa.Column('department', sa.String(), nullable=True))
    op.add_column('card', sa.Column('ref', sa.Uuid(), nullable=True))
    op.drop_constraint(op.f('uq_card_approval'), 'card', type_='unique')
    op.create_unique_constraint(op.f('uq_card_approval'), 'card', ['approval', 'rule', 'ref'],
                                postgresql_nulls_not_distinct=True)
    op.create_index('ix_card_step', 'card', ['ref'],
                    postgresql_where=sa.text(f'ref IS NOT NULL AND {STANDING}'))
    op.create_index('ix_card_reviewed', 'card', ['id'],
                    postgresql_where=sa.text(f"rule = 'first_review_overdue' AND {STANDING}"))


def downgrade() -> None:
    op.drop_index('ix_card_reviewed', table_name='card')
    op.drop_index('ix_card_step', table_name='card')
    op.execute('DELETE FROM card WHERE ref IS NOT NULL')
    op.drop_constraint(op.f('uq_card_approval'), 'card', type_='unique')
    op.create_unique_constraint(op.f('uq_card_approval'), 'card', ['approval', 'rule'])
    op.drop_column('card', 'ref')
    op.drop_column('small_clock', 'department')
