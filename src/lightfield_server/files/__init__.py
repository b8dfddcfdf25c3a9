"""Files: announced, uploaded, kept and given out. The record is like any other; its bytes lie in a storage of blobs."""
