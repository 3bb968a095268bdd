"""Where the chain of legal acts stood, remembered by somebody who cannot write it."""
