"""Endings: 撤回, 撤销, 吊销, 注销, four acts on a result, and what they reach."""
