package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	goredis "github.com/redis/go-redis/v9"

	"github.com/paytrace/paytrace/engine/secret"
	"github.com/paytrace/paytrace/store/redis"
)

// bareCmd is the least that could answer a callback: the HTTP library, the form,
// and the round trips. Its records have the size that the service's have, and
// its screens are the ones the callers expect. Without Redis it stores nothing.
type bareCmd struct {
	Redis     string   `help:"Address of Redis."`
	Pipelined bool     `help:"Send commands to Redis through the client's automatic pipelines."`
	Postgres  string   `help:"Address of Postgres. With it, the last callback of a call looks up a worker."`
	Backend   string   `help:"Address of a backend, which each callback asks."`
	Sizes     []int    `help:"Bytes of the record of each callback of a call; needs --redis."`
	Screens   []string `required:"" sep:"none" help:"Answer to each callback of a call."`
	serving
}

type bare struct {
	client  goredis.UniversalClient // nil without Redis
	pool    *pgxpool.Pool
	asker   *asker // nil without a backend
	records [][]byte
	screens []string
}

// ttl of a record in milliseconds.
const ttl = 180_000

// Run answers callbacks until it is killed.
func (v *bareCmd) Run(ctx context.Context) error {
	b := &bare{screens: v.Screens}
	if v.Redis == "" && (v.Pipelined || v.Postgres != "" || len(v.Sizes) > 0) {
		return errors.New("--pipelined, --postgres and --sizes need --redis")
	}
	if v.Redis != "" {
		client, err := redis.Client(redis.Config{URL: secret.New(v.Redis)})
		if err == nil && v.Pipelined {
			client, err = client.AutoPipeline()
		}
		if err != nil {
			return err
		}
		b.client = client
	}
	if v.Backend != "" {
		var err error
		if b.asker, err = newAsker(v.Backend); err != nil {
			return err
		}
	}
	for i, size := range v.Sizes {
		b.records = append(b.records, record(i, size))
	}
	if v.Postgres != "" {
		settings, err := pgxpool.ParseConfig(v.Postgres)
		if err != nil {
			return err
		}
		settings.MaxConns = poolSize
		b.pool, err = pgxpool.NewWithConfig(ctx, settings)
		if err != nil {
			return err
		}
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/ussd", b.callback)
	return v.serve(ctx, app.Listener)
}

// poolSize is what store/postgres opens by default.
const poolSize = 16

// head is what the script compares, as long as the service's are.
func head(i int) string { return fmt.Sprintf(`{"v":%d,"h":"0123456789abcdef",`, i+1) }

func record(i, size int) []byte {
	b := []byte(head(i))
	for len(b) < size {
		b = append(b, 'x')
	}
	return b
}

func (b *bare) callback(c *fiber.Ctx) error {
	session, text, phone := c.FormValue("sessionId"), c.FormValue("text"), c.FormValue("phoneNumber")
	at := 0
	if text != "" {
		at = 1 + strings.Count(text, "*")
	}
	key := "ussd:session:" + session
	screen := b.screens[at]
	if b.asker != nil {
		var err error
		if screen, err = b.asker.screen(context.Background(), session, phone); err != nil {
			return err
		}
	}
	if b.client == nil {
		return c.SendString(screen)
	}
	ctx := context.Background()
	if b.asker != nil {
		if err := b.client.Get(ctx, key).Err(); err != nil && !errors.Is(err, goredis.Nil) {
			return err
		}
	}
	if b.pool != nil && at == len(b.screens)-1 {
		if err := b.client.Get(ctx, key).Err(); err != nil {
			return err
		}
		worker, err := b.lookup(ctx, session, strings.TrimPrefix(phone, "+"))
		if err != nil {
			return err
		}
		screen = strings.ReplaceAll(screen, "{worker}", worker)
	}
	expect := ""
	if at > 0 {
		expect = head(at - 1)
	}
	saved, err := redis.CompareAndSet.Run(ctx, b.client, []string{key}, expect, b.records[at], ttl).Result()
	if err != nil || saved != int64(1) {
		return fmt.Errorf("not saved: %v, %w", saved, err)
	}
	return c.SendString(screen)
}

// lookup makes the round trips of lookup_worker and its action log.
func (b *bare) lookup(ctx context.Context, session, phone string) (worker string, err error) {
	err = pgx.BeginTxFunc(ctx, b.pool, pgx.TxOptions{IsoLevel: pgx.ReadCommitted}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO bare_log (id, fingerprint) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			session, []byte(session)); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT worker_id FROM workers WHERE phone = $1`, phone).Scan(&worker); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE bare_log SET result = $2 WHERE id = $1`, session, []byte(worker))
		return err
	})
	return worker, err
}
