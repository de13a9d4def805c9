module example.com/sacco

go 1.26.8
