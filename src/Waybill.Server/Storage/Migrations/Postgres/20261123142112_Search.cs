using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Waybill.Server.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "feed_readers",
                columns: table => new
                {
                    user_id = table.Column<long>(type: "bigint", nullable: false),
                    read_to = table.Column<long>(type: "bigint", nullable: false),
                    read_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    muted = table.Column<bool>(type: "boolean", nullable: false),
                    first_steps_hidden = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_feed_readers", x => x.user_id);
                    table.ForeignKey(
                        name: "fk_feed_readers_user_user_id",
                        column: x => x.user_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "search_entries",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    area = table.Column<string>(type: "text", maxLength: 32, nullable: false, collation: "C"),
                    record_id = table.Column<long>(type: "bigint", nullable: true),
                    tracked_email_id = table.Column<long>(type: "bigint", nullable: true),
                    key = table.Column<string>(type: "text", maxLength: 120, nullable: false, collation: "C"),
                    words = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_search_entries", x => x.id);
                    table.ForeignKey(
                        name: "fk_search_entries_records_record_id",
                        column: x => x.record_id,
                        principalTable: "records",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_search_entries_tracked_email_tracked_email_id",
                        column: x => x.tracked_email_id,
                        principalTable: "tracked_emails",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_tracked_emails_user_id_sent_at_id",
                table: "tracked_emails",
                columns: new[] { "user_id", "sent_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_logged_emails_logged_by_id_sent_at_record_id",
                table: "logged_emails",
                columns: new[] { "logged_by_id", "sent_at", "record_id" });

            migrationBuilder.CreateIndex(
                name: "ix_search_entries_area_key",
                table: "search_entries",
                columns: new[] { "area", "key" });

            migrationBuilder.CreateIndex(
                name: "ix_search_entries_record_id",
                table: "search_entries",
                column: "record_id");

            migrationBuilder.CreateIndex(
                name: "ix_search_entries_tracked_email_id",
                table: "search_entries",
                column: "tracked_email_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "feed_readers");

            migrationBuilder.DropTable(
                name: "search_entries");

            migrationBuilder.DropIndex(
                name: "ix_tracked_emails_user_id_sent_at_id",
                table: "tracked_emails");

            migrationBuilder.DropIndex(
                name: "ix_logged_emails_logged_by_id_sent_at_record_id",
                table: "logged_emails");
        }
    }
}
