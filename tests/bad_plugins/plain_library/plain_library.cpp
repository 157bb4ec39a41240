// Built without modhost_add_plugin(): no fingerprint, no entry.
int modhost_test_plain_library() { return 0; }
