"""The second step of the sign-in: an authenticator app, passkeys and recovery codes."""
