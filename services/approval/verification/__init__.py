"""Whether a certificate is genuine and in force: for anybody who holds it in their hands."""
