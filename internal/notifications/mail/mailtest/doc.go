// Package mailtest runs a real SMTP server inside a test: it collects what it is
// sent, parsed, and fails on request.
//
//	srv := mailtest.Start(t, mailtest.STARTTLS())
//	srv.Script(mailtest.Reply(mailtest.AtRecipient, 450, "4.2.0", "later"), mailtest.None())
//	… send twice to srv.URL(); srv.RootCAs() verifies its certificate …
//	got := srv.WaitFor(1)
//
// Script gives one fault to each mail transaction in turn, and then none. Decide
// replaces it by a function, for long runs with a share of faults.
package mailtest
