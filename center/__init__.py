"""The operations centre: REST, the live WebSocket, sign-in and the wall's front end."""
