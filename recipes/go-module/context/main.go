package main

import (
	"fmt"
	"os"

	"github.com/pkg/errors"
)

func main() {
	fmt.Println("uid", os.Getuid(), errors.Wrap(errors.New("inner"), "outer"))
}
