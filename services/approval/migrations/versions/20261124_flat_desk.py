"""expand: what a desk reads stays as short as its page, however much it has done

Revision ID: b3d8f06a51c7
Revises: 6e0d4f7a91b2

"""
import sqlalchemy as sa
from alembic import op

revision: str = 'b3d8f06a51c7'
down_revision: str | None = '6e0d4f7a91b2'
branch_labels = None
depends_on = None

OPEN = "('opened', 'correcting', 'accepted', 'suspended')"
CARDS_OVER = (
    "cards_until = 'accepted' AND state <> 'opened'"
    f" OR cards_until = 'decided' AND state NOT IN {OPEN}"
    " OR cards_until = 'issued' AND issued_at IS NOT NULL"
)
RUNNING = "overdue_at IS NULL AND state IN ('opened', 'acknowledged', 'disputed', 'in_progress', 'rectifying')"
WAITED_FOR = """
    UPDATE approval SET cards_until = c.until FROM (
        SELECT approval, min(CASE rule WHEN 'acceptance_overdue' THEN 'accepted'
                                       WHEN 'issue_overdue' THEN 'issued' ELSE 'decided' END) AS until
        FROM card WHERE state IN ('open', 'kept') GROUP BY approval
    ) AS c WHERE c.approval = approval.id
"""


def upgrade() -> None:
    op.add_column('approval', sa.Column('cards_until', sa.Enum('accepted', 'decided', 'issued', name='until', native_enum=False, length=32), nullable=True))
    op.execute(WAITED_FOR)
    op.create_index('ix_approval_cards_over', 'approval', ['id'], postgresql_where=sa.text(CARDS_OVER))
    op.create_index('ix_approval_worklist', 'approval', ['department', 'state', 'id'], postgresql_where=sa.text("item <> ''"))
    op.create_index('ix_approval_claimed', 'approval', ['department', 'claimed_by', 'state', 'id'], postgresql_where=sa.text("item <> '' AND claimed_by IS NOT NULL"))
    op.drop_index('ix_approval_desk', table_name='approval')
    op.drop_index('ix_approval_open', table_name='approval')
    op.drop_index('ix_approval_point', table_name='approval')
    op.create_index('ix_approval_point', 'approval', ['point', 'state', 'id'], postgresql_where=sa.text('point IS NOT NULL'))
    op.create_index('ix_card_worklist', 'card', ['department', 'state', 'id'])
    op.create_index('ix_card_state', 'card', ['state', 'id'])
    op.drop_index('ix_card_department', table_name='card')
    op.drop_index('ix_card_open', table_name='card')
    op.create_index('ix_supervision_worklist', 'supervision', ['regulator', 'state', 'id'])
    op.create_index('ix_supervision_overdue', 'supervision', ['regulator', 'state', 'id'], postgresql_where=sa.text('overdue_at IS NOT NULL'))
    op.create_index('ix_supervision_running', 'supervision', ['due'], postgresql_where=sa.text(RUNNING))
    op.drop_index('ix_supervision_regulator', table_name='supervision')
    op.drop_index('ix_supervision_due', table_name='supervision')


def downgrade() -> None:
    op.create_index('ix_supervision_due', 'supervision', ['due'], postgresql_where=sa.text('overdue_at IS NULL'))
    op.create_index('ix_supervision_regulator', 'supervision', ['regulator', 'id'])
    op.drop_index('ix_supervision_running', table_name='supervision')
    op.drop_index('ix_supervision_overdue', table_name='supervision')
    op.drop_index('ix_supervision_worklist', table_name='supervision')
    op.create_index('ix_card_open', 'card', ['approval'], postgresql_where=sa.text("state IN ('open', 'kept')"))
    op.create_index('ix_card_department', 'card', ['department', 'id'])
    op.drop_index('ix_card_state', table_name='card')
    op.drop_index('ix_card_worklist', table_name='card')
    op.drop_index('ix_approval_point', table_name='approval')
    op.create_index('ix_approval_point', 'approval', ['point', 'id'], postgresql_where=sa.text('point IS NOT NULL'))
    op.create_index('ix_approval_open', 'approval', ['department', 'id'], postgresql_where=sa.text(f'state IN {OPEN}'))
    op.create_index('ix_approval_desk', 'approval', ['department', 'id'])
    op.drop_index('ix_approval_claimed', table_name='approval')
    op.drop_index('ix_approval_worklist', table_name='approval')
    op.drop_index('ix_approval_cards_over', table_name='approval')
    op.drop_column('approval', 'cards_until')
