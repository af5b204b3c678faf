// SPDX-License-Identifier: Apache-2.0

// Go's library and run time: goroutines, channels, maps, JSON, files, collection of garbage.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sort"
	"strings"
	"sync"
	"time"
)

type planet struct {
	Name  string             `json:"name"`
	Moons []string           `json:"moons,omitempty"`
	Facts map[string]float64 `json:"facts"`
}

func pipeline() int {
	numbers, squares := make(chan int), make(chan int, 8)
	var workers sync.WaitGroup
	for i := 0; i < 4; i++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for n := range numbers {
				squares <- n * n
			}
		}()
	}
	go func() {
		for n := 1; n <= 1000; n++ {
			numbers <- n
		}
		close(numbers)
		workers.Wait()
		close(squares)
	}()
	sum := 0
	for square := range squares {
		sum += square
	}
	return sum
}

func garbage() (lists int) {
	for round := 0; round < 200; round++ {
		m := map[int]string{}
		for i := 0; i < 1000; i++ {
			m[i] = strings.Repeat("x", i%50)
		}
		lists += len(m)
	}
	runtime.GC()
	return lists
}

func encode() error {
	in := planet{"Mars", []string{"Phobos", "Deimos"}, map[string]float64{"g": 3.72, "au": 1.524}}
	text, err := json.Marshal(in)
	if err != nil {
		return err
	}
	var out planet
	if err := json.Unmarshal(text, &out); err != nil {
		return err
	}
	fmt.Println(string(text), len(out.Moons), out.Facts["g"])
	return nil
}

func files() error {
	if err := os.MkdirAll("/w/x/y", 0o777); err != nil {
		return err
	}
	if err := os.WriteFile("/w/x/y/z.txt", []byte("go\n"), 0o666); err != nil {
		return err
	}
	if err := os.Rename("/w/x/y/z.txt", "/w/z.txt"); err != nil {
		return err
	}
	if err := os.RemoveAll("/w/x"); err != nil {
		return err
	}
	entries, err := os.ReadDir("/w")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		fmt.Println("entry", entry.Name(), entry.IsDir())
	}
	_, err = os.Stat("/w/none")
	fmt.Println("missing", errors.Is(err, fs.ErrNotExist))
	return nil
}

func recovered() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var m map[string]int
	m["x"] = len(os.Args)
	return "no panic"
}

func timers() bool {
	start := time.Now()
	select {
	case <-time.After(20 * time.Millisecond):
	case <-time.After(time.Minute):
	}
	passed := time.Since(start)
	return passed >= 20*time.Millisecond && passed < 20*time.Second
}

func main() {
	fmt.Println(os.Args[1:], os.Getenv("GREETING"))
	fmt.Println("pipeline", pipeline())
	fmt.Println("garbage", garbage())
	words := strings.Fields("pear apple fig banana")
	sort.Strings(words)
	fmt.Println(words)
	if err := errors.Join(encode(), files()); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(recovered())
	fmt.Println("timers", timers())
	os.Exit(9)
}
