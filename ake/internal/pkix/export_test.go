package pkix

// UnboundedBudget lets a message cost what it likes.
func UnboundedBudget() *Budget {
	b := NewBudget()
	b.cost, b.failures = -1<<30, -1<<30
	return b
}
