// The author forgot MODHOST_PLUGIN.
int modhost_test_no_entry() { return 0; }
