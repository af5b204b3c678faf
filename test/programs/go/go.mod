module selkis/tour

go 1.21
