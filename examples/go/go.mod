module example.com/sacco-backend

go 1.22
