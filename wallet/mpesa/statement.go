package mpesa

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/paytrace/paytrace/wallet/payments"
)

// maxStatement bounds the bytes of a statement: a month of 100,000 payments.
const maxStatement = 64 << 20

// Columns of a statement, as the portal names them. Others are not read.
const (
	columnReceipt = "receipt no"
	columnTime    = "completion time"
	columnDetails = "details"
	columnStatus  = "transaction status"
	columnIn      = "paid in"
	columnOut     = "withdrawn"
	columnReason  = "reason type"
	columnAccount = "a/c no"
)

// neededColumns must all be in a statement.
var neededColumns = []string{columnReceipt, columnTime, columnStatus, columnIn, columnOut}

// statementTimes are the layouts in which the portal has been seen to write times.
var statementTimes = []string{"2006-01-02 15:04:05", "02-01-2006 15:04:05", "02/01/2006 15:04:05", "02-01-2006 15:04", "02/01/2006 15:04"}

// ReadStatement reads a statement that was exported from Safaricom's portal as CSV. Lines
// about the organization may stand above the names of the columns. The lines of one
// receipt, such as a payment and its charge, become one. Payments that were not completed
// are left out.
func ReadStatement(r io.Reader) ([]payments.Line, error) {
	in := csv.NewReader(bufio.NewReader(io.LimitReader(r, maxStatement)))
	in.FieldsPerRecord, in.TrimLeadingSpace, in.LazyQuotes = -1, true, true
	columns, err := statementColumns(in)
	if err != nil {
		return nil, err
	}
	var lines []payments.Line
	places := map[string]int{}
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the statement: %w", err)
		}
		line, counts, err := columns.read(record)
		if err != nil {
			row, _ := in.FieldPos(0)
			return nil, fmt.Errorf("statement, line %d: %w", row, err)
		}
		if !counts {
			continue
		}
		if i, known := places[line.Receipt]; known {
			merge(&lines[i], line)
			continue
		}
		places[line.Receipt] = len(lines)
		lines = append(lines, line)
	}
}

// merge adds another line of a receipt.
func merge(to *payments.Line, line payments.Line) {
	to.In, to.Out, to.Charges = to.In+line.In, to.Out+line.Out, to.Charges+line.Charges
	if to.Account == "" {
		to.Account = line.Account
	}
	if line.Charges == 0 {
		to.What = line.What
	}
}

// columns has the place of each column.
type columns map[string]int

// statementColumns looks for the line with the names of the columns.
func statementColumns(in *csv.Reader) (columns, error) {
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("found no line with the columns %q; export the statement from Safaricom's portal as CSV", neededColumns)
		}
		if err != nil {
			return nil, fmt.Errorf("read the statement: %w", err)
		}
		found := columns{}
		for i, name := range record {
			name = strings.TrimPrefix(name, "\ufeff") // spreadsheets begin a file with it
			found[strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), ".")] = i
		}
		if _, ok := found[columnReceipt]; !ok {
			continue
		}
		for _, name := range neededColumns {
			if _, ok := found[name]; !ok {
				return nil, fmt.Errorf("the statement has no column %q", name)
			}
		}
		return found, nil
	}
}

func (c columns) get(record []string, name string) string {
	i, ok := c[name]
	if !ok || i >= len(record) {
		return ""
	}
	return strings.TrimSpace(record[i])
}

// read reads a line. counts is false for one that moved nothing.
func (c columns) read(record []string) (line payments.Line, counts bool, err error) {
	line.Receipt = c.get(record, columnReceipt)
	if line.Receipt == "" || !strings.EqualFold(c.get(record, columnStatus), "completed") {
		return line, false, nil
	}
	if !IsReceipt(line.Receipt) {
		return line, false, fmt.Errorf("found %q, expected a receipt", clipped(line.Receipt))
	}
	if line.At, err = statementTime(c.get(record, columnTime)); err != nil {
		return line, false, err
	}
	in, err := statementCents(c.get(record, columnIn))
	if err != nil {
		return line, false, err
	}
	out, err := statementCents(c.get(record, columnOut))
	if err != nil {
		return line, false, err
	}
	reason := c.get(record, columnReason)
	line.What = clipped(reason)
	if strings.Contains(strings.ToLower(reason+" "+c.get(record, columnDetails)), "charge") {
		line.Charges = out - in
		return line, true, nil
	}
	line.In, line.Out, line.Account = in, out, c.get(record, columnAccount)
	if _, account, ok := strings.Cut(c.get(record, columnDetails), "Acc. "); ok && line.Account == "" {
		line.Account = strings.TrimSpace(account)
	}
	return line, true, nil
}

func statementTime(text string) (time.Time, error) {
	for _, layout := range statementTimes {
		if at, err := time.ParseInLocation(layout, text, Nairobi); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("found the time %q, expected one as 2026-03-01 14:05:00", clipped(text))
}

// statementCents reads an amount as "1,000.00". What was withdrawn may have a minus.
func statementCents(text string) (int64, error) {
	if text == "" || text == "-" {
		return 0, nil
	}
	cents, err := ParseCents(strings.TrimPrefix(strings.ReplaceAll(text, ",", ""), "-"))
	if err != nil {
		return 0, err
	}
	return cents, nil
}
