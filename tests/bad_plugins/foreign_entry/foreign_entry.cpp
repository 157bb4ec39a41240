// The only entry in sight belongs to a library that this one links.
int modhost_test_foreign_entry() { return 0; }
