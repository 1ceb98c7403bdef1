"""Files that lie in a folder or on a real SFTP server."""
